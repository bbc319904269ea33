using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

/// <summary>Each asynchronous overload of Accumulate and of Scan.</summary>
[TestFixtureSource(nameof(Variants))]
internal sealed class AccumulateAsyncLaws(string form, string task) : IntLawsTests<int>
{
    private static readonly string[] s_tasks = ["task", "valuetask", "token task", "token valuetask"];

    private static IEnumerable<TestFixtureData> Variants =>
        from form in new[] { "unseeded", "seeded", "state and result" }
        from task in s_tasks.Concat(s_tasks.Select(each => $"scan {each}"))
        select new TestFixtureData(form, task);

    private int Seed => form == "unseeded" ? 0 : 10;

    protected override LawDelegate Delegate => form == "unseeded" ? LawDelegate.None : LawDelegate.Asynchronous;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        async ValueTask<int> Add(int sum, int value, CancellationToken aborted)
        {
            await probe.EnterAsync(aborted);
            return sum + value;
        }

        async ValueTask<(int State, int Result)> AddAndNegate(int sum, int value, CancellationToken aborted)
        {
            var next = await Add(sum, value, aborted);
            return (next, -next);
        }

        return form switch
        {
            "unseeded" => BuildUnseeded(source, Add),
            "seeded" => BuildSeeded(source, Add),
            _ => BuildWithResult(source, AddAndNegate),
        };
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs)
    {
        var sum = Seed;
        foreach (var value in inputs)
        {
            sum += value;
            yield return form == "state and result" ? -sum : sum;
        }
    }

    private Stream<int> BuildUnseeded(Stream<int> source, Func<int, int, CancellationToken, ValueTask<int>> add) => task switch
    {
        "task" => source.Accumulate((int sum, int value) => add(sum, value, default).AsTask()),
        "valuetask" => source.Accumulate((int sum, int value) => add(sum, value, default)),
        "token task" => source.Accumulate((int sum, int value, CancellationToken aborted) => add(sum, value, aborted).AsTask()),
        "token valuetask" => source.Accumulate(add),
        "scan task" => source.Scan((int sum, int value) => add(sum, value, default).AsTask()),
        "scan valuetask" => source.Scan((int sum, int value) => add(sum, value, default)),
        "scan token task" => source.Scan((int sum, int value, CancellationToken aborted) => add(sum, value, aborted).AsTask()),
        _ => source.Scan(add),
    };

    private Stream<int> BuildSeeded(Stream<int> source, Func<int, int, CancellationToken, ValueTask<int>> add) => task switch
    {
        "task" => source.Accumulate(Seed, (int sum, int value) => add(sum, value, default).AsTask()),
        "valuetask" => source.Accumulate(Seed, (int sum, int value) => add(sum, value, default)),
        "token task" => source.Accumulate(Seed, (int sum, int value, CancellationToken aborted) => add(sum, value, aborted).AsTask()),
        "token valuetask" => source.Accumulate(Seed, add),
        "scan task" => source.Scan(Seed, (int sum, int value) => add(sum, value, default).AsTask()),
        "scan valuetask" => source.Scan(Seed, (int sum, int value) => add(sum, value, default)),
        "scan token task" => source.Scan(Seed, (int sum, int value, CancellationToken aborted) => add(sum, value, aborted).AsTask()),
        _ => source.Scan(Seed, add),
    };

    private Stream<int> BuildWithResult(Stream<int> source, Func<int, int, CancellationToken, ValueTask<(int State, int Result)>> add) => task switch
    {
        "task" => source.Accumulate(Seed, (int sum, int value) => add(sum, value, default).AsTask()),
        "valuetask" => source.Accumulate(Seed, (int sum, int value) => add(sum, value, default)),
        "token task" => source.Accumulate(Seed, (int sum, int value, CancellationToken aborted) => add(sum, value, aborted).AsTask()),
        "token valuetask" => source.Accumulate(Seed, add),
        "scan task" => source.Scan(Seed, (int sum, int value) => add(sum, value, default).AsTask()),
        "scan valuetask" => source.Scan(Seed, (int sum, int value) => add(sum, value, default)),
        "scan token task" => source.Scan(Seed, (int sum, int value, CancellationToken aborted) => add(sum, value, aborted).AsTask()),
        _ => source.Scan(Seed, add),
    };
}
