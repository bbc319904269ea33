using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>How several elements that are there already are taken in at once: the gate, and the look whether the segment is idle, cost as much as many of them.</summary>
/// <remarks>
/// Nothing is put off: what has room lands together, and is posted at once if the segment is idle. Whatever is not plain (a port that is full, closed or
/// moved, keeps elements out, or keeps the newest only) takes nothing here, and its elements one by one, where all of that is settled.
/// </remarks>
internal sealed partial class Port<T>
{
    // Others wait at the gate meanwhile.
    private const int MostTogether = 64;

    /// <summary>Puts the first elements of an emitter, as many as have room.</summary>
    /// <returns>How many were taken.</returns>
    public int EmitMany(ReadOnlySpan<T> values, Ingress<T> ingress)
    {
        int taken;
        Chunk? chunk;
        var now = Now();
        lock (Segment.Gate)
        {
            if (ingress.IsClosed || (_keepsOut && KeepsOutEmitters))
            {
                return 0;
            }

            taken = AppendMany(values, now);
            ingress.Accepted += taken;
            chunk = taken > 0 ? TakeIfIdle() : null;
        }

        Dispatch(chunk);
        return taken;
    }

    /// <summary>Puts the first elements of a source, as many as have room.</summary>
    /// <returns>How many were taken.</returns>
    public int PutMany(ReadOnlySpan<T> values, FlowTracker sender)
    {
        int taken;
        Chunk? chunk;
        var now = Now();
        lock (Segment.Gate)
        {
            if (_halted || (_keepsOut && sender.IsEntrance))
            {
                return 0;
            }

            taken = AppendMany(values, now);
            chunk = taken > 0 ? TakeIfIdle() : null;
        }

        Dispatch(chunk);
        return taken;
    }

    private int AppendMany(ReadOnlySpan<T> values, long now)
    {
        var taken = 0;
        if (_waiting == 0 && !_keepsNewest)
        {
            while (taken < values.Length && taken < MostTogether && HasRoom())
            {
                Append(new Element<T>(values[taken++], null), now);
            }
        }

        return taken;
    }
}
