using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The operator that lets what is not null through, under a type that says so.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> none. <b>Back-pressure:</b> waits for downstream. <b>Completion:</b> ends with its input.
/// <b>Faults:</b> has none of its own. A null is delivered: the pipeline is done with it. In streamz <c>filter(None)</c> also
/// removes zero, the empty text and the like; say so with <see cref="RemoveOperator"/> where it is meant.
/// </remarks>
public static class WhereNotNullOperator
{
    /// <summary>Lets the elements through that are not null.</summary>
    /// <typeparam name="T">The type of the elements that go on.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of elements that are not null.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public static Stream<T> WhereNotNull<T>(this Stream<T?> stream, NodeOptions? options = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(new OperatorNode<T?, T>("where_not_null", () => new ReferenceStage<T>()), options);
    }

    /// <summary>Lets the values of the elements through that have one.</summary>
    /// <inheritdoc cref="WhereNotNull{T}(Stream{T}, NodeOptions?)" path="/typeparam|/param|/returns|/exception"/>
    public static Stream<T> WhereNotNull<T>(this Stream<T?> stream, NodeOptions? options = null)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(new OperatorNode<T?, T>("where_not_null", () => new ValueStage<T>()), options);
    }

    private sealed class ReferenceStage<T> : Stage<T?, T>
        where T : class
    {
        internal override bool IsForwarding => true;

        public override ValueTask OnElementAsync(Element<T?> element) => element.Value is { } value ? PushAsync(element.With(value)) : default;
    }

    private sealed class ValueStage<T> : Stage<T?, T>
        where T : struct
    {
        internal override bool IsForwarding => true;

        public override ValueTask OnElementAsync(Element<T?> element) => element.Value is { } value ? PushAsync(element.With(value)) : default;
    }
}
