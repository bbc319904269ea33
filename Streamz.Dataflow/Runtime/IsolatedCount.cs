using System.Runtime.InteropServices;

namespace Streamz.Dataflow.Runtime;

/// <summary>
/// A count that one thread writes at each element, alone in its cache lines: where it shared one with what another thread reads at each element, each would wait for the
/// other, whatever the two have to do with each other.
/// </summary>
/// <remarks>128 bytes on each side, since processors fetch lines in pairs.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct IsolatedCount
{
    [FieldOffset(128)]
    public long Value;
}
