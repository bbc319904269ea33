namespace Streamz.Dataflow.Tests.Models;

internal sealed class SlidingWindowModel : OperatorModel<IReadOnlyList<int>>
{
    protected override Trial<IReadOnlyList<int>> Draw(Random random)
    {
        var (n, partial) = (random.Next(1, 6), random.Next(2) == 0);
        return Trial<IReadOnlyList<int>>.OfPrefixes(
            $"SlidingWindow {n}, partial {partial}",
            source => source.SlidingWindow(n, partial),
            (values, _) => Enumerable.Range(1, values.Count).Where(count => partial || count >= n).Select(count => (IReadOnlyList<int>)[.. values.Take(count).TakeLast(n)]));
    }
}
