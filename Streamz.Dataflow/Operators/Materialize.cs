using System.Diagnostics.CodeAnalysis;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>What a <see cref="Notification{T}"/> tells.</summary>
public enum NotificationKind
{
    /// <summary>An element.</summary>
    Element,

    /// <summary>The stream has ended.</summary>
    Completed,

    /// <summary>The pipeline has failed, and the stream ends with it.</summary>
    Failed,
}

/// <summary>Something that happened to a stream, as a value.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
/// <param name="Kind">What happened.</param>
/// <param name="Value">The element, or the default value if there is none.</param>
/// <param name="Failure">The failure, which names the node; null if there is none.</param>
[SuppressMessage("Naming", "CA1716", Justification = "The word is that of Rx.")]
public readonly record struct Notification<T>(NotificationKind Kind, T? Value, NodeFailedException? Failure)
{
    /// <summary>The value, the end or the failure as text.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Kind switch
    {
        NotificationKind.Element => $"{Value}",
        NotificationKind.Completed => "completed",
        _ => $"failed: {Failure?.Message}",
    };
}

/// <summary>The materialize operator: the end and the failure of a stream as elements.</summary>
/// <remarks>
/// <b>Order:</b> kept; the end comes last. <b>Buffering:</b> none. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> emits
/// <see cref="NotificationKind.Completed"/> when its input ends, then ends. <b>Faults:</b> has none of its own. When the pipeline fails at a node
/// that is not downstream of this one, <see cref="NotificationKind.Failed"/> is emitted behind the elements that were before it, and still
/// reaches what is downstream, though nothing is flushed there any more; the pipeline ends with the failure all the same. Nothing is
/// emitted when the pipeline is aborted.
/// </remarks>
public static class MaterializeOperator
{
    /// <summary>Emits each element, and the end or the failure of the stream, as a <see cref="Notification{T}"/>.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of notifications.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static Stream<Notification<T>> Materialize<T>(this Stream<T> stream, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(new OperatorNode<T, Notification<T>>("materialize", () => new MaterializeStage<T>()), options);
    }

    private sealed class MaterializeStage<T> : Stage<T, Notification<T>>, IFaultStage
    {
        public override ValueTask OnElementAsync(Element<T> element) =>
            PushAsync(element.With(new Notification<T>(NotificationKind.Element, element.Value, null)));

        public override ValueTask OnFlushAsync() => PushAsync(new Element<Notification<T>>(new(NotificationKind.Completed, default, null), null));

        public ValueTask OnFaultAsync(NodeFailedException fault) =>
            PushAsync(new Element<Notification<T>>(new(NotificationKind.Failed, default, fault), null));
    }
}
