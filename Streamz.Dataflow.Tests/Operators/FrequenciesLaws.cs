using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class FrequenciesLaws : IntLawsTests<string>
{
    protected override IReadOnlyList<int> Inputs => [1, 2, 0, 1, 3, 0, 1];

    // As text: dictionaries have no order.
    protected override IStream Build(Stream<int> source, LawProbe<string> probe) => source.Frequencies().Map(Text);

    protected override IEnumerable<string> Model(IReadOnlyList<int> inputs) =>
        inputs.Select((_, index) => Text(inputs.Take(index + 1).CountBy(value => value).ToDictionary(each => each.Key, each => (long)each.Value)));

    private static string Text(IReadOnlyDictionary<int, long> counts) =>
        string.Join(" ", counts.OrderBy(each => each.Key).Select(each => $"{each.Key}:{each.Value}"));
}
