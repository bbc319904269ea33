using Streamz.Dataflow.Diagnostics;

namespace Streamz.Dataflow;

/// <summary>A node failed on an element, and its policy was to stop the pipeline, or to tell the emitter of the element.</summary>
public sealed class NodeFailedException : Exception
{
    internal NodeFailedException(string nodeName, Exception failure, IReadOnlyList<Exception>? laterFailures = null)
        : base($"Node '{nodeName}' failed: {FailureText.Of(failure)}", failure)
    {
        NodeName = nodeName;
        LaterFailures = laterFailures ?? [];
    }

    /// <summary>The name of the node that failed first.</summary>
    public string NodeName { get; }

    /// <summary>Failures that came while the pipeline was stopping, in order.</summary>
    public IReadOnlyList<Exception> LaterFailures { get; }
}

/// <summary>The pipeline takes no more elements: it was completed, stopped or has failed.</summary>
public sealed class PipelineClosedException : InvalidOperationException
{
    internal PipelineClosedException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>More emits are waiting for room than <see cref="StreamOptions.MaxWaitingEmits"/> allows.</summary>
public sealed class PipelineFullException : InvalidOperationException
{
    internal PipelineFullException(string message)
        : base(message)
    {
    }
}

/// <summary>The pipeline stopped before an element that it had accepted was through.</summary>
public sealed class ElementAbandonedException : Exception
{
    internal ElementAbandonedException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>The sides of a join are fed in such a way that it can never progress.</summary>
public sealed class JoinStalledException : Exception
{
    internal JoinStalledException(string message)
        : base(message)
    {
    }
}

/// <summary>A loop filled its feedback edge, or never came to rest.</summary>
public sealed class LoopOverflowException : Exception
{
    internal LoopOverflowException(string message)
        : base(message)
    {
    }
}

/// <summary>The pipeline was aborted at the deadline of a stop.</summary>
public sealed class PipelineAbortedException : Exception
{
    internal PipelineAbortedException(string message)
        : base(message)
    {
    }
}

/// <summary>A graph cannot be run. All its faults are listed.</summary>
public sealed class PipelineValidationException : InvalidOperationException
{
    internal PipelineValidationException(IReadOnlyList<string> errors)
        : base($"The pipeline cannot start: {string.Join(" ", errors.Select((error, index) => errors.Count == 1 ? error : $"({index + 1}) {error}"))}")
        => Errors = errors;

    internal PipelineValidationException(string message, IReadOnlyList<string> errors)
        : base(message)
        => Errors = errors;

    /// <summary>Each fault, naming the node, the value and the cure.</summary>
    public IReadOnlyList<string> Errors { get; }
}
