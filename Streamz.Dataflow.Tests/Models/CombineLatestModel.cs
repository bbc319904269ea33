namespace Streamz.Dataflow.Tests.Models;

internal sealed class CombineLatestModel : OperatorModel<IReadOnlyList<int>>
{
    protected override int Sides => 3;

    protected override Trial<IReadOnlyList<int>> Draw(Random random)
    {
        HashSet<int> emitOn = [.. Enumerable.Range(0, 3).Where(_ => random.Next(2) == 0).DefaultIfEmpty(1)];
        var asList = random.Next(2) == 0;
        return new Trial<IReadOnlyList<int>>(
            $"{(asList ? "CombineLatestAll" : "CombineLatest")}, emits on {ModelText.Of(emitOn)}",
            sources => asList
                ? sources.CombineLatestAll(emitOn: [.. emitOn.Select(side => sources[side])])
                : sources[0].CombineLatest(sources[1], sources[2], emitOn: [.. emitOn.Select(side => sources[side])])
                    .Map(row => (IReadOnlyList<int>)[row.First, row.Second, row.Third]),
            inputs => Rows(inputs, emitOn));
    }

    private static IEnumerable<Timed<IReadOnlyList<int>>> Rows(TimedInputs inputs, HashSet<int> emitOn)
    {
        var emits = inputs.Emits;
        for (var i = 0; i < emits.Count; i++)
        {
            var newest = Enumerable.Range(0, 3).Select(side => emits.Take(i + 1).Where(emit => emit.Side == side).Select(emit => (int?)emit.Value).LastOrDefault()).ToList();
            if (emitOn.Contains(emits[i].Side) && newest.TrueForAll(value => value is not null))
            {
                yield return new Timed<IReadOnlyList<int>>(emits[i].At, [.. newest.Select(value => value!.Value)]);
            }
        }
    }
}
