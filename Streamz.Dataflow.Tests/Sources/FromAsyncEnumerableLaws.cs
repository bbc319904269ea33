using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Sources;

internal sealed class FromAsyncEnumerableLaws : SourceLawsTests<int>
{
    private int _taken;

    protected override IReadOnlyList<int> Items => [.. Enumerable.Range(0, 8)];

    protected override int? Taken => _taken;

    protected override Stream<int> Build(StreamOptions options) => StreamSource.FromAsyncEnumerable(GiveAsync(failAt: -1), options);

    protected override Stream<int> BuildFailing(StreamOptions options) => StreamSource.FromAsyncEnumerable(GiveAsync(failAt: 3), options);

    private async IAsyncEnumerable<int> GiveAsync(int failAt)
    {
        foreach (var item in Items)
        {
            await Task.Yield();
            Interlocked.Increment(ref _taken);
            yield return item == failAt ? throw new InvalidDataException("no more") : item;
        }
    }
}
