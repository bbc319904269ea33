using System.Runtime.InteropServices;

namespace Streamz.Dataflow.Stages;

/// <summary>Makes one element of several that a stage held.</summary>
public static class Batch
{
    /// <summary>Makes a list of the values, followed by the contexts of all.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="members">The elements.</param>
    /// <returns>The element that holds the list.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="members"/> is null.</exception>
    public static Element<IReadOnlyList<T>> Of<T>(List<Element<T>> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        var span = CollectionsMarshal.AsSpan(members);
        var values = new T[span.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = span[i].Value;
        }

        return new Element<IReadOnlyList<T>>(values, ElementContext.Merge<T>(span));
    }

    /// <summary>Ends what <see cref="ElementContext.Hold"/> began for each.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="members">The elements.</param>
    /// <exception cref="ArgumentNullException"><paramref name="members"/> is null.</exception>
    public static void Release<T>(List<Element<T>> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        foreach (var member in members)
        {
            member.Context?.Release();
        }
    }
}
