using System.Runtime.ExceptionServices;

namespace Streamz.Dataflow;

/// <summary>
/// A collection in lots, whose elements are taken in together. Only a collection: all of it is there already, where the next element of a lazy sequence
/// may be long in coming, and those before it must not wait for it.
/// </summary>
internal static class Lots
{
    private const int Largest = 256;

    /// <summary>Reads a collection: an array as one lot. A failure of the collection is thrown behind the elements that came before it.</summary>
    /// <returns>The lots, of which each is valid until the next.</returns>
    public static IEnumerable<ReadOnlyMemory<T>> Of<T>(ICollection<T> items) => items switch
    {
        T[] array => [array],

        // By its own enumerator, whose calls are compiled into the loop.
        List<T> list => Of<T, List<T>.Enumerator>(list.GetEnumerator(), list.Count),
        _ => Of<T, IEnumerator<T>>(items.GetEnumerator(), items.Count),
    };

    private static IEnumerable<ReadOnlyMemory<T>> Of<T, TEnumerator>(TEnumerator items, int count)
        where TEnumerator : IEnumerator<T>
    {
        try
        {
            var lot = new T[Math.Clamp(count, 1, Largest)];
            while (Fill(lot, ref items, out var failure) is var read && (read > 0 || failure is not null))
            {
                if (read > 0)
                {
                    yield return lot.AsMemory(0, read);
                }

                failure?.Throw();
            }
        }
        finally
        {
            items.Dispose();
        }
    }

    private static int Fill<T, TEnumerator>(T[] lot, ref TEnumerator rest, out ExceptionDispatchInfo? failure)
        where TEnumerator : IEnumerator<T>
    {
        var read = 0;
        failure = null;
        try
        {
            while (read < lot.Length && rest.MoveNext())
            {
                lot[read++] = rest.Current;
            }
        }
        catch (Exception exception)
        {
            failure = ExceptionDispatchInfo.Capture(exception);
        }

        return read;
    }
}
