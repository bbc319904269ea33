using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class ZipLatestTwoLaws : IntLawsTests<(int First, int Second)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second)> probe) =>
        source.ZipLatest(StreamSource.Literal(1));

    protected override IEnumerable<(int First, int Second)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, 1));
}

internal sealed class ZipLatestThreeLaws : IntLawsTests<(int First, int Second, int Third)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third)> probe) =>
        source.ZipLatest(StreamSource.Literal(1), StreamSource.Literal(2));

    protected override IEnumerable<(int First, int Second, int Third)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, 1, 2));
}

internal sealed class ZipLatestFourLaws : IntLawsTests<(int First, int Second, int Third, int Fourth)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth)> probe) =>
        source.ZipLatest(StreamSource.Literal(1), StreamSource.Literal(2), StreamSource.Literal(3));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, 1, 2, 3));
}

internal sealed class ZipLatestFiveLaws : IntLawsTests<(int First, int Second, int Third, int Fourth, int Fifth)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth, int Fifth)> probe) =>
        source.ZipLatest(StreamSource.Literal(1), StreamSource.Literal(2), StreamSource.Literal(3), StreamSource.Literal(4));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth, int Fifth)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, 1, 2, 3, 4));
}

internal sealed class ZipLatestSixLaws : IntLawsTests<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth)> probe) =>
        source.ZipLatest(StreamSource.Literal(1), StreamSource.Literal(2), StreamSource.Literal(3), StreamSource.Literal(4), StreamSource.Literal(5));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, 1, 2, 3, 4, 5));
}

internal sealed class ZipLatestSevenLaws : IntLawsTests<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh)> probe) =>
        source.ZipLatest(StreamSource.Literal(1), StreamSource.Literal(2), StreamSource.Literal(3), StreamSource.Literal(4), StreamSource.Literal(5), StreamSource.Literal(6));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, 1, 2, 3, 4, 5, 6));
}

internal sealed class ZipLatestEightLaws : IntLawsTests<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh, int Eighth)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh, int Eighth)> probe) =>
        source.ZipLatest(StreamSource.Literal(1), StreamSource.Literal(2), StreamSource.Literal(3), StreamSource.Literal(4), StreamSource.Literal(5), StreamSource.Literal(6), StreamSource.Literal(7));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh, int Eighth)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, 1, 2, 3, 4, 5, 6, 7));
}

internal sealed class ZipLatestLosslessLaws : IntLawsTests<(int First, int Second, int Third)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third)> probe)
    {
        var negative = source.Map(value => -value);
        return source.ZipLatest(negative, StreamSource.Literal(3), maxSize: 2, lossless: [source, negative]);
    }

    protected override IEnumerable<(int First, int Second, int Third)> Model(IReadOnlyList<int> inputs) => inputs.Select(value => (value, -value, 3));
}
