using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Streamz.Dataflow.Analyzers;

/// <summary>What a blocking call becomes.</summary>
internal enum Cure
{
    /// <summary>Nothing that a machine could write.</summary>
    None,

    /// <summary>The task itself is awaited.</summary>
    AwaitTask,

    /// <summary>The task that the awaiter is of is awaited.</summary>
    AwaitAwaited,

    /// <summary>Another method of the same receiver is awaited.</summary>
    AwaitSibling,

    /// <summary>Console.ReadLine is that of a reader with an asynchronous one.</summary>
    AwaitConsoleIn,
}

/// <summary>A member that blocks its thread.</summary>
internal sealed class BlockingCall(string type, string member, Cure cure, string advice, string? instead = null)
{
    public string Type { get; } = type;

    public string Member { get; } = member;

    public Cure Cure { get; } = cure;

    public string Advice { get; } = advice;

    /// <summary>The member to await, with its type if that is another one.</summary>
    public string? Instead { get; } = instead;
}

/// <summary>The members that block their thread.</summary>
internal static class BlockingCalls
{
    private const string Tasks = "System.Threading.Tasks";
    private const string Services = "System.Runtime.CompilerServices";
    private const string AwaitIt = "await the task in an async delegate";
    private const string Signal = "wait with something that can be awaited, such as SemaphoreSlim.WaitAsync or a TaskCompletionSource";
    private const string Channel = "read it with a source of its own, from a Channel";
    private const string Terminal = "read the terminal with a source of its own";

    private static readonly ILookup<string, BlockingCall> s_all = new BlockingCall[]
    {
        new($"{Tasks}.Task", "Wait", Cure.AwaitTask, AwaitIt),
        new($"{Tasks}.Task", "WaitAll", Cure.AwaitSibling, "await Task.WhenAll in an async delegate", "WhenAll"),
        new($"{Tasks}.Task", "WaitAny", Cure.None, "await Task.WhenAny in an async delegate"),
        new($"{Tasks}.Task", "RunSynchronously", Cure.None, AwaitIt),
        new($"{Tasks}.Task<TResult>", "Result", Cure.AwaitTask, AwaitIt),
        new($"{Tasks}.ValueTask<TResult>", "Result", Cure.AwaitTask, AwaitIt),
        new($"{Services}.TaskAwaiter", "GetResult", Cure.AwaitAwaited, AwaitIt),
        new($"{Services}.TaskAwaiter<TResult>", "GetResult", Cure.AwaitAwaited, AwaitIt),
        new($"{Services}.ValueTaskAwaiter", "GetResult", Cure.AwaitAwaited, AwaitIt),
        new($"{Services}.ValueTaskAwaiter<TResult>", "GetResult", Cure.AwaitAwaited, AwaitIt),
        new($"{Services}.ConfiguredTaskAwaitable.ConfiguredTaskAwaiter", "GetResult", Cure.AwaitAwaited, AwaitIt),
        new($"{Services}.ConfiguredTaskAwaitable<TResult>.ConfiguredTaskAwaiter", "GetResult", Cure.AwaitAwaited, AwaitIt),
        new($"{Services}.ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter", "GetResult", Cure.AwaitAwaited, AwaitIt),
        new($"{Services}.ConfiguredValueTaskAwaitable<TResult>.ConfiguredValueTaskAwaiter", "GetResult", Cure.AwaitAwaited, AwaitIt),
        new($"{Tasks}.Dataflow.DataflowBlock", "Receive", Cure.AwaitSibling, "await ReceiveAsync in an async delegate", "ReceiveAsync"),
        new("System.Threading.Thread", "Sleep", Cure.AwaitSibling, "await Task.Delay in an async delegate, or pace the stream with RateLimit", $"{Tasks}.Task.Delay"),
        new("System.Threading.Thread", "Join", Cure.None, Signal),
        new("System.Threading.WaitHandle", "WaitOne", Cure.None, Signal),
        new("System.Threading.WaitHandle", "WaitAll", Cure.None, Signal),
        new("System.Threading.WaitHandle", "WaitAny", Cure.None, Signal),
        new("System.Threading.Monitor", "Wait", Cure.None, Signal),
        new("System.Threading.ManualResetEventSlim", "Wait", Cure.None, Signal),
        new("System.Threading.CountdownEvent", "Wait", Cure.None, Signal),
        new("System.Threading.Barrier", "SignalAndWait", Cure.None, Signal),
        new("System.Threading.SemaphoreSlim", "Wait", Cure.AwaitSibling, "await WaitAsync in an async delegate", "WaitAsync"),
        new("System.Collections.Concurrent.BlockingCollection<T>", "Take", Cure.None, Channel),
        new("System.Collections.Concurrent.BlockingCollection<T>", "GetConsumingEnumerable", Cure.None, Channel),
        new("System.Diagnostics.Process", "WaitForExit", Cure.AwaitSibling, "await WaitForExitAsync in an async delegate", "WaitForExitAsync"),
        new("System.Console", "ReadLine", Cure.AwaitConsoleIn, Terminal),
        new("System.Console", "ReadKey", Cure.None, Terminal),
        new("System.Console", "Read", Cure.None, Terminal),
        new("Streamz.Dataflow.StreamSource<T>", "Emit", Cure.AwaitSibling, "await EmitAsync in an async delegate", "EmitAsync"),
    }.ToLookup(call => call.Member, StringComparer.Ordinal);

    /// <summary>What is known of a member that blocks; null for one that does not.</summary>
    public static BlockingCall? Find(ISymbol? member)
    {
        if (member is null || !s_all.Contains(member.Name))
        {
            return null;
        }

        var type = member.ContainingType.OriginalDefinition.ToDisplayString();
        return s_all[member.Name].FirstOrDefault(call => call.Type == type);
    }

    /// <summary>Whether a call waits: not if it asks for no time at all, nor if the task is known to be done.</summary>
    public static bool Waits(IOperation operation, IOperation function) => operation switch
    {
        IInvocationOperation call => !call.Arguments.Any(argument => IsNoTime(argument.Value)) && !IsDone(TaskOf(call.Instance), function, operation),
        IPropertyReferenceOperation property => !IsDone(property.Instance, function, operation),
        _ => true,
    };

    private static bool IsNoTime(IOperation value) =>
        value.ConstantValue is { HasValue: true, Value: 0 }
        || value is IFieldReferenceOperation { Field: { Name: "Zero", ContainingType.Name: "TimeSpan" } };

    /// <summary>Of an awaiter, the task.</summary>
    private static IOperation? TaskOf(IOperation? receiver) =>
        receiver is IInvocationOperation { TargetMethod.Name: "GetAwaiter" or "ConfigureAwait" } form ? TaskOf(form.Instance) : receiver;

    private static bool IsDone(IOperation? task, IOperation function, IOperation use) =>
        VariableOf(task) is { } variable && function.Descendants().Any(each => each switch
        {
            IAwaitOperation awaited => awaited.Syntax.SpanStart < use.Syntax.SpanStart
                && awaited.Descendants().Any(part => SymbolEqualityComparer.Default.Equals(VariableOf(part), variable)),
            IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" } asked =>
                SymbolEqualityComparer.Default.Equals(VariableOf(asked.Instance), variable),
            _ => false,
        });

    private static ISymbol? VariableOf(IOperation? operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };
}
