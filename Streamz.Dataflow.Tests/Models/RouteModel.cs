namespace Streamz.Dataflow.Tests.Models;

/// <summary>All branches, each with its number: an element that went to two of them, or to none, would show.</summary>
internal sealed class RouteModel : OperatorModel<(int Branch, int Value)>
{
    protected override Trial<(int Branch, int Value)> Draw(Random random)
    {
        var cases = Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(1, 5)).ToList();
        return Trial<(int Branch, int Value)>.OfPrefixes(
            $"Route by multiples of {string.Join(", ", cases)}",
            source =>
            {
                var branches = source.Route([.. cases.Select(number => (Func<int, bool>)(value => value % number == 0))])
                    .Select((stream, branch) => stream.Map(value => (branch, value)))
                    .ToList();
                return branches[0].Union([.. branches.Skip(1)]);
            },
            (values, _) => values.Select(value => (cases.FindIndex(number => value % number == 0) is var found and >= 0 ? found : cases.Count, value)));
    }
}

/// <summary>Both branches of a split.</summary>
internal sealed class SplitModel : OperatorModel<(bool Matched, int Value)>
{
    protected override Trial<(bool Matched, int Value)> Draw(Random random)
    {
        var limit = random.Next(10);
        return Trial<(bool Matched, int Value)>.OfPrefixes(
            $"Split at {limit}",
            source =>
            {
                var (matched, otherwise) = source.Split(value => value > limit);
                return matched.Map(value => (true, value)).Union(otherwise.Map(value => (false, value)));
            },
            (values, _) => values.Select(value => (value > limit, value)));
    }
}
