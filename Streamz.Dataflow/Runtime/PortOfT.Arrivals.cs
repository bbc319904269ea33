using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>How a port takes an element in: behind those that wait, or in the place of the one that waits.</summary>
/// <remarks>
/// A port that keeps the newest replaces the element in its open buffer, if there is one. So it has at most one there, and one in
/// the running chunk, and never makes a sender wait, however long the segment waits in a push of its own. Elements of the
/// running chunk are never replaced: it belongs to the block. The newcomer takes over the place and the number of what it
/// replaces, so that places, marks and loops see one element.
/// </remarks>
internal sealed partial class Port<T>
{
    private readonly bool _keepsNewest;
    private readonly long[][]? _arrivals;
    private long _replaced;

    public override long Replaced => Volatile.Read(ref _replaced);

    public override long ArrivedAt =>
        _arrivals is null ? Node.TimeProvider.GetTimestamp() : _arrivals[Segment.Running.Parity][_taker.Position];

    /// <summary>Stores the result of an element that took its place at another port. Called under the gate.</summary>
    public void Store(Element<T> element) => Store(element, 0);

    /// <summary>The time of an arrival, if the node asks for it. Read outside the gate, since the clock may be the user's.</summary>
    private long Now() => _arrivals is null ? 0 : Node.TimeProvider.GetTimestamp();

    /// <summary>The time of an arrival, if the node asks for it, or the latency of an emitted element is measured: then it has a ticket.</summary>
    private long NowFor(ElementContext? emitted) =>
        _arrivals is null && (emitted is null || !Diagnostics.StreamzMeter.MeasuresLatency) ? 0 : Node.TimeProvider.GetTimestamp();

    /// <summary>
    /// Takes an element in; if it comes from an emitter, with the count that he holds. Called under the gate.
    /// </summary>
    /// <returns>
    /// The context of the element that it has replaced, if it follows anything. It is released outside the gate: who is told then may do anything.
    /// </returns>
    private ElementContext? Append(Element<T> element, long now, bool isEmitted = false)
    {
        if (element.Context is { } context)
        {
            if (isEmitted)
            {
                context.Accept(now);
            }
            else
            {
                context.Hold();
            }
        }

        if (_keepsNewest && _senders.Gathered(Segment.Open.Parity) > 0)
        {
            return Replace(element, now);
        }

        _senders.Accepted++;
        _loop?.Enter();
        if (_dispatcher is null)
        {
            Store(element, now);
        }
        else
        {
            _dispatcher.Enqueue(element);
        }

        return null;
    }

    private void Store(Element<T> element, long now)
    {
        var open = Segment.Open;
        ref var buffer = ref _buffers[open.Parity];
        ref var count = ref _senders.Gathered(open.Parity);
        if (count == buffer.Length)
        {
            Array.Resize(ref buffer, count * 2);
        }

        if (_arrivals is not null)
        {
            NoteArrival(ref _arrivals[open.Parity], count, now);
        }

        buffer[count++] = element;
        open.Count(this, 1);
    }

    private static void NoteArrival(ref long[] arrivals, int index, long now)
    {
        if (index == arrivals.Length)
        {
            Array.Resize(ref arrivals, index * 2);
        }

        arrivals[index] = now;
    }

    private ElementContext? Replace(Element<T> element, long now)
    {
        var parity = Segment.Open.Parity;
        var replaced = _buffers[parity][0].Context;
        _buffers[parity][0] = element;
        if (_arrivals is not null)
        {
            _arrivals[parity][0] = now;
        }

        _replaced++;
        Node.Drop(replaced);
        return replaced;
    }
}
