using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Streamz.Dataflow.Runtime;

/// <summary>What the senders of a port write at each element, under the gate. Alone in its cache lines, so that the running chunk is not disturbed.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct PortSenderCounts
{
    /// <summary>Elements accepted so far.</summary>
    [FieldOffset(128)]
    public long Accepted;

    /// <summary>An old reading of <see cref="PortTakerCounts.AllReturned"/>.</summary>
    [FieldOffset(136)]
    public long SeenReturned;

    [FieldOffset(144)]
    private int _even;

    [FieldOffset(148)]
    private int _odd;

    /// <summary>How many elements lie in the buffer of a parity.</summary>
    [UnscopedRef]
    public ref int Gathered(int parity) => ref parity == 0 ? ref _even : ref _odd;
}

/// <summary>What the running chunk writes at each element of a port. Alone in its cache lines, so that senders are not disturbed.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct PortTakerCounts
{
    /// <summary>Places returned so far by others than the running chunk; interlocked.</summary>
    [FieldOffset(128)]
    public long Returned;

    /// <summary>Elements processed so far.</summary>
    [FieldOffset(136)]
    public long Processed;

    /// <summary>The next element of the running chunk.</summary>
    [FieldOffset(144)]
    public int Position;

    /// <summary>Places returned since senders were last let in.</summary>
    [FieldOffset(148)]
    public int Ungranted;

    /// <summary>When senders were last let in, by the system's own clock.</summary>
    [FieldOffset(152)]
    public long LastGrant;

    /// <summary>How many places are returned between two looks at the clock.</summary>
    [FieldOffset(160)]
    public int LookEvery;

    /// <summary>How many places are returned, since senders were last let in, when the clock is looked at next.</summary>
    [FieldOffset(164)]
    public int NextLook;

    /// <summary>Places returned so far by the running chunk, which alone writes it.</summary>
    [FieldOffset(168)]
    public long Finished;

    /// <summary>All places returned so far. Both parts only grow, so a reading is never too high.</summary>
    public readonly long AllReturned => Volatile.Read(in Returned) + Volatile.Read(in Finished);
}
