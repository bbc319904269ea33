using System.Globalization;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The zip operator for any number of streams of one type.</summary>
/// <remarks>
/// As <see cref="ZipOperator"/>, but <c>Connect</c> and <c>Disconnect</c> change the sides of a graph that is not running.
/// <b>Order:</b> the k-th elements of all sides go on together, as a list in the order of the sides. <b>Buffering:</b> up to <c>maxSize</c> elements for
/// each side. <b>Back-pressure:</b> a side that is full holds back its upstream until the other sides bring their elements; if that can never
/// be, the pipeline stops with a <see cref="JoinStalledException"/>. <b>Completion:</b> ends when a side has ended and its last element is in a
/// list; leftovers of the other sides meet their policy. <b>Faults:</b> has none of its own. A list is delivered with all its elements.
/// </remarks>
public static class ZipAllOperator
{
    /// <summary>Joins the elements of streams of one type in order, into lists.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="streams">The streams, one or more; the same may occur more than once.</param>
    /// <param name="maxSize">How many elements a side may hold; one or more. The default is 10.</param>
    /// <param name="leftovers">What happens to elements without a partner at the end. The default is <see cref="ZipLeftovers.Drop"/>.</param>
    /// <param name="options">The name and error policy of the node.</param>
    /// <returns>The stream of lists, each with one element of each side.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="streams"/> or one of them is null.</exception>
    /// <exception cref="ArgumentException">There is no stream.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxSize"/> is less than one.</exception>
    public static Stream<IReadOnlyList<T>> ZipAll<T>(
        this IEnumerable<Stream<T>> streams,
        int maxSize = 10,
        ZipLeftovers leftovers = ZipLeftovers.Drop,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(streams);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSize, 1);
        var node = new JoinAllNode<T, IReadOnlyList<T>>(
            "zip_all",
            CreateStage)
        {
            Details = string.Create(CultureInfo.InvariantCulture, $"maxSize={maxSize}"),
            Capacity = maxSize,
            PairsInputs = true,
            InputsPerOutput = 1,
        };
        return node.Join(options, [.. streams]);

        ZipStage<IReadOnlyList<T>> CreateStage(IReadOnlyList<IStream> sides)
        {
            var list = new ListJoin<T>(sides.Count);
            return new ZipStage<IReadOnlyList<T>>(list.Bind, _ => false, leftovers == ZipLeftovers.Fault, list);
        }
    }
}
