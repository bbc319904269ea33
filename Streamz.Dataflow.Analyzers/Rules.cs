using Microsoft.CodeAnalysis;

namespace Streamz.Dataflow.Analyzers;

/// <summary>The rules. Every message names the cure, every link leads to the page of the rule.</summary>
internal static class Rules
{
    public const string EmitNotAwaitedId = "STRM001";
    public const string BlockingCallId = "STRM002";
    public const string StreamWithoutSinkId = "STRM003";
    public const string StreamOfTasksId = "STRM004";

    private const string Category = "Streamz";

    /// <summary>The page is in the repository and in the package, under the same path.</summary>
    private const string Page = "docs/analyzers.md";

    public static readonly DiagnosticDescriptor EmitNotAwaited = new(
        EmitNotAwaitedId,
        title: "An emit is not awaited",
        messageFormat: "The task of '{0}' is neither awaited nor kept, so a full pipeline does not hold the caller back and a refusal goes unnoticed; await it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An emit waits while the pipeline is full, and throws when it is closed or has failed. Both are lost if nobody awaits it.",
        helpLinkUri: $"{Page}#strm001-an-emit-is-not-awaited");

    public static readonly DiagnosticDescriptor BlockingCall = new(
        BlockingCallId,
        title: "A delegate of an operator blocks its thread",
        messageFormat: "'{0}' blocks a thread of the pipeline inside a delegate of '{1}'; {2}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Delegates run on the pipeline's own threads. One that blocks holds a thread back, and may wait for what needs that thread.",
        helpLinkUri: $"{Page}#strm002-a-delegate-of-an-operator-blocks-its-thread");

    public static readonly DiagnosticDescriptor StreamWithoutSink = new(
        StreamWithoutSinkId,
        title: "A stream is thrown away without a sink",
        messageFormat: "The stream that '{0}' returns is thrown away, and with it all its elements; end it in a sink, or keep it in a variable",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A branch without a sink is run, and its elements are discarded. Nobody can put a sink behind a stream that is not kept.",
        helpLinkUri: $"{Page}#strm003-a-stream-is-thrown-away-without-a-sink");

    public static readonly DiagnosticDescriptor StreamOfTasks = new(
        StreamOfTasksId,
        title: "A stream of tasks",
        messageFormat: "'{0}' makes a stream of tasks, which nobody awaits; {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Elements that are tasks pass without being awaited: there is no back-pressure, and their failures are lost. Map refuses them when it is called.",
        helpLinkUri: $"{Page}#strm004-a-stream-of-tasks");
}
