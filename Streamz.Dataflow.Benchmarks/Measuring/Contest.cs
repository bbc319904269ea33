using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace Streamz.Dataflow.Benchmarks.Measuring;

/// <summary>One way to do a case: a method that BenchmarkDotNet finds too, so that both measure the same code.</summary>
internal sealed record Contestant(string Name, bool IsBaseline, int Elements, Func<Task> RunAsync)
{
    public static Contestant Of(object @case, string method) =>
        Of(@case, @case.GetType().GetMethod(method) ?? throw new ArgumentException($"There is no {method} in {@case.GetType()}.", nameof(method)));

    public static Contestant Of(object @case, MethodInfo method)
    {
        var benchmark = method.GetCustomAttribute<BenchmarkAttribute>()!;
        Func<Task> run = method.ReturnType == typeof(Task)
            ? method.CreateDelegate<Func<Task>>(@case)
            : WithTask(method.CreateDelegate<Action>(@case));
        return new(benchmark.Description ?? method.Name, benchmark.Baseline, benchmark.OperationsPerInvoke, run);
    }

    private static Func<Task> WithTask(Action run) => () =>
    {
        run();
        return Task.CompletedTask;
    };
}

/// <summary>All ways to do a case.</summary>
internal sealed record Contest(string Title, IReadOnlyList<Contestant> Contestants)
{
    /// <summary>Reads a case, and lets its baseline run a second time under another name.</summary>
    public static Contest Of(object @case)
    {
        var contestants = @case.GetType().GetMethods()
            .Where(method => method.IsDefined(typeof(BenchmarkAttribute)))
            .Select(method => Contestant.Of(@case, method))
            .ToList();
        var baseline = contestants.Single(contestant => contestant.IsBaseline);
        contestants.Remove(baseline);
        return new(@case.GetType().Name, [baseline, baseline with { Name = "A/A: the baseline again", IsBaseline = false }, .. contestants]);
    }
}
