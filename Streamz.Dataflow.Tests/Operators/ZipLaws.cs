using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class ZipTwoLaws : IntLawsTests<(int First, int Second)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second)> probe) =>
        source.Zip(source.Map(value => value * 2));

    protected override IEnumerable<(int First, int Second)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, value * 2));
}

internal sealed class ZipThreeLaws : IntLawsTests<(int First, int Second, int Third)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third)> probe) =>
        source.Zip(source.Map(value => value * 2), source.Map(value => value * 3), maxSize: 2);

    protected override IEnumerable<(int First, int Second, int Third)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, value * 2, value * 3));
}

internal sealed class ZipFourLaws : IntLawsTests<(int First, int Second, int Third, int Fourth)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth)> probe) =>
        source.Zip(source.Map(value => value * 2), source.Map(value => value * 3), StreamSource.Literal(3));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, value * 2, value * 3, 3));
}

internal sealed class ZipFiveLaws : IntLawsTests<(int First, int Second, int Third, int Fourth, int Fifth)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth, int Fifth)> probe) =>
        source.Zip(source.Map(value => value * 2), source.Map(value => value * 3), StreamSource.Literal(3), source.Map(value => value * 5));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth, int Fifth)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, value * 2, value * 3, 3, value * 5));
}

internal sealed class ZipSixLaws : IntLawsTests<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth)> probe) =>
        source.Zip(source.Map(value => value * 2), source.Map(value => value * 3), StreamSource.Literal(3), source.Map(value => value * 5), source.Map(value => value * 6));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, value * 2, value * 3, 3, value * 5, value * 6));
}

internal sealed class ZipSevenLaws : IntLawsTests<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh)> probe) =>
        source.Zip(source.Map(value => value * 2), source.Map(value => value * 3), StreamSource.Literal(3), source.Map(value => value * 5), source.Map(value => value * 6), StreamSource.Literal(6));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, value * 2, value * 3, 3, value * 5, value * 6, 6));
}

internal sealed class ZipEightLaws : IntLawsTests<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh, int Eighth)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh, int Eighth)> probe) =>
        source.Zip(source.Map(value => value * 2), source.Map(value => value * 3), StreamSource.Literal(3), source.Map(value => value * 5), source.Map(value => value * 6), StreamSource.Literal(6), source.Map(value => value * 8));

    protected override IEnumerable<(int First, int Second, int Third, int Fourth, int Fifth, int Sixth, int Seventh, int Eighth)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, value * 2, value * 3, 3, value * 5, value * 6, 6, value * 8));
}
