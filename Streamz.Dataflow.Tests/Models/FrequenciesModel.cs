namespace Streamz.Dataflow.Tests.Models;

internal sealed class FrequenciesModel : OperatorModel<string>
{
    protected override Trial<string> Draw(Random random)
    {
        var maxKeys = random.Next(1, 11);
        return Trial<string>.OfPrefixes(
            $"Frequencies of at most {maxKeys} values",
            source => source.Frequencies(maxKeys: maxKeys).Map(Text),
            (values, _) => Enumerable.Range(1, values.Count).TakeWhile(count => KeysOf(values, count) <= maxKeys).Select(count => Text(Counts(values.Take(count))))) with
        {
            Fails = inputs => inputs.Of(0).Select(emit => emit.Value).Distinct().Count() > maxKeys,
        };
    }

    private static int KeysOf(IEnumerable<int> values, int count) => values.Take(count).Distinct().Count();

    private static Dictionary<int, long> Counts(IEnumerable<int> values) => values.GroupBy(value => value).ToDictionary(group => group.Key, group => group.LongCount());

    // Dictionaries have no order.
    private static string Text(IReadOnlyDictionary<int, long> counts) => string.Join(' ', counts.OrderBy(each => each.Key).Select(each => $"{each.Key}:{each.Value}"));
}
