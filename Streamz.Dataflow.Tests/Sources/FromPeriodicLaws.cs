using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Sources;

internal sealed class FromPeriodicLaws : SourceLawsTests<int>
{
    private int _taken;

    protected override IReadOnlyList<int> Items => [.. Enumerable.Repeat(7, 8)];

    protected override bool EndsByItself => false;

    protected override bool UsesTime => true;

    protected override int? Taken => _taken;

    protected override Stream<int> Build(StreamOptions options) => StreamSource.FromPeriodic(TimeStep, Take, options);

    protected override Stream<int> BuildFailing(StreamOptions options)
    {
        var calls = 0;
        return StreamSource.FromPeriodic(TimeStep, () => ++calls < 3 ? 7 : throw new InvalidDataException("no more"), options);
    }

    private int Take()
    {
        Interlocked.Increment(ref _taken);
        return 7;
    }
}
