using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Sources;

internal sealed class FromObservableLaws : SourceLawsTests<int>
{
    private const int Capacity = 2;

    private int _taken;

    protected override IReadOnlyList<int> Items => [.. Enumerable.Range(0, 12)];

    protected override int? Taken => _taken;

    /// <summary>Those that wait, one in the hand of the source, and one in that of the thread that waits.</summary>
    protected override int MaxAhead => Capacity + 2;

    protected override Stream<int> Build(StreamOptions options) => StreamSource.FromObservable(
        new GivingObservable<int>(observer =>
        {
            foreach (var item in Items)
            {
                Interlocked.Increment(ref _taken);
                observer.OnNext(item);
            }

            observer.OnCompleted();
        }),
        Capacity,
        ObservableFullMode.Block,
        options);

    protected override Stream<int> BuildFailing(StreamOptions options) => StreamSource.FromObservable(
        new GivingObservable<int>(observer =>
        {
            observer.OnNext(0);
            observer.OnError(new InvalidDataException("no more"));
        }),
        Capacity,
        ObservableFullMode.Block,
        options);
}
