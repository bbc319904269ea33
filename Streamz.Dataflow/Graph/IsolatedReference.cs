using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Graph;

/// <summary>
/// A reference that emitters read at each element, alone in its cache lines: the object before it in memory is often the user's own, such as a sum that his sink
/// writes at each element on another thread.
/// </summary>
/// <typeparam name="T">The type of the object.</typeparam>
[InlineArray(Slots)]
internal struct IsolatedReference<T>
    where T : class
{
    // 128 bytes on each side, since processors fetch lines in pairs.
    private const int Slots = 33;
    private const int Middle = Slots / 2;

    private T? _first;

    public T? Value
    {
        readonly get => Volatile.Read(in this[Middle]);
        set => Volatile.Write(ref this[Middle], value);
    }
}
