using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class ZipLaws : IntLawsTests<(int First, int Second)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second)> probe) => source.Zip(source.Map(value => -value));

    protected override IEnumerable<(int First, int Second)> Model(IReadOnlyList<int> inputs) => inputs.Select(value => (value, -value));
}

internal sealed class ZipThreeLaws : IntLawsTests<(int First, int Second, int Third)>
{
    protected override IStream Build(Stream<int> source, LawProbe<(int First, int Second, int Third)> probe) =>
        source.Zip(source.Map(value => -value), source.Map(value => value * 2), maxSize: 2);

    protected override IEnumerable<(int First, int Second, int Third)> Model(IReadOnlyList<int> inputs) =>
        inputs.Select(value => (value, -value, value * 2));
}
