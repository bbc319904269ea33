using System.Runtime.ExceptionServices;

namespace Streamz.Dataflow;

/// <summary>
/// Reads a collection in lots, so that its elements are taken in together. Only a collection: all of it is there already, where the next element of a lazy sequence
/// may be long in coming, and those before it must not wait for it.
/// </summary>
internal sealed class LotReader<T>(ICollection<T> items) : IDisposable
{
    private const int Largest = 256;

    private readonly IEnumerator<T> _items = items.GetEnumerator();
    private readonly T[] _lot = new T[Math.Clamp(items.Count, 1, Largest)];
    private ExceptionDispatchInfo? _failure;

    /// <summary>Reads the next lot. It is valid until the next call. A failure of the collection is thrown behind the elements that came before it.</summary>
    /// <returns>False if nothing is left.</returns>
    public bool TryRead(out ReadOnlyMemory<T> lot)
    {
        _failure?.Throw();
        var read = 0;
        try
        {
            while (read < _lot.Length && _items.MoveNext())
            {
                _lot[read++] = _items.Current;
            }
        }
        catch (Exception failure) when (read > 0)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
        }

        lot = _lot.AsMemory(0, read);
        return read > 0;
    }

    public void Dispose() => _items.Dispose();
}
