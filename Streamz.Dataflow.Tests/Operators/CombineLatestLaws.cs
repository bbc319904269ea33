using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class CombineLatestTwoLaws : IntLawsTests<(int First, int Second)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second)> probe) =>
        source.CombineLatest(StreamSource.Literal(1), emitOn: [source]);

    protected override IEnumerable<(int First, int Second)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, 1));
}

internal sealed class CombineLatestThreeLaws : IntLawsTests<(int First, int Second, int Third)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third)> probe) =>
        source.CombineLatest(StreamSource.Literal(1), StreamSource.Literal(2));

    protected override IEnumerable<(int First, int Second, int Third)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, 1, 2));
}

internal sealed class CombineLatestFourLaws : IntLawsTests<(int First, int Second, int Third, int Fourth)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth)> probe) =>
        source.CombineLatest(StreamSource.Literal(1), StreamSource.Literal(2), StreamSource.Literal(3));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, 1, 2, 3));
}

internal sealed class CombineLatestFiveLaws : IntLawsTests<(int First, int Second, int Third, int Fourth, int Fifth)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth, int Fifth)> probe) =>
        source.CombineLatest(StreamSource.Literal(1), StreamSource.Literal(2), StreamSource.Literal(3), StreamSource.Literal(4));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth, int Fifth)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, 1, 2, 3, 4));
}

internal sealed class CombineLatestSixLaws : IntLawsTests<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth)> probe) =>
        source.CombineLatest(StreamSource.Literal(1), StreamSource.Literal(2), StreamSource.Literal(3), StreamSource.Literal(4), StreamSource.Literal(5));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, 1, 2, 3, 4, 5));
}

internal sealed class CombineLatestSevenLaws : IntLawsTests<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh)> probe) =>
        source.CombineLatest(StreamSource.Literal(1), StreamSource.Literal(2), StreamSource.Literal(3), StreamSource.Literal(4), StreamSource.Literal(5), StreamSource.Literal(6));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, 1, 2, 3, 4, 5, 6));
}

internal sealed class CombineLatestEightLaws : IntLawsTests<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh, int Eighth)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh, int Eighth)> probe) =>
        source.CombineLatest(StreamSource.Literal(1), StreamSource.Literal(2), StreamSource.Literal(3), StreamSource.Literal(4), StreamSource.Literal(5), StreamSource.Literal(6), StreamSource.Literal(7));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh, int Eighth)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, 1, 2, 3, 4, 5, 6, 7));
}
