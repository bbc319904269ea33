using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Sources;

internal sealed class FromEnumerableLaws : SourceLawsTests<int>
{
    private int _taken;

    protected override IReadOnlyList<int> Items => [.. Enumerable.Range(0, 8)];

    protected override int? Taken => _taken;

    protected override Stream<int> Build(StreamOptions options) => StreamSource.FromEnumerable(Items.Select(Take), options);

    protected override Stream<int> BuildFailing(StreamOptions options) =>
        StreamSource.FromEnumerable(Items.Select(item => item < 3 ? item : throw new InvalidDataException("no more")), options);

    private int Take(int item)
    {
        Interlocked.Increment(ref _taken);
        return item;
    }
}
