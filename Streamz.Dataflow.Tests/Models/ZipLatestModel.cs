namespace Streamz.Dataflow.Tests.Models;

internal sealed class ZipLatestModel : OperatorModel<IReadOnlyList<int>>
{
    protected override int Sides => 3;

    protected override Trial<IReadOnlyList<int>> Draw(Random random)
    {
        var maxSize = random.Next(1, 4);
        HashSet<int> lossless = [.. Enumerable.Range(0, 3).Where(_ => random.Next(2) == 0).DefaultIfEmpty(1)];
        return new Trial<IReadOnlyList<int>>(
            $"ZipLatest maxSize {maxSize}, lossless {ModelText.Of(lossless)}",
            sources => sources[0].ZipLatest(sources[1], sources[2], maxSize, lossless: [.. lossless.Select(side => sources[side])])
                .Map(row => (IReadOnlyList<int>)[row.First, row.Second, row.Third]),
            inputs => Rows(inputs, lossless));
    }

    /// <summary>Row k is there at the first emit at which the k-th of each lossless side and any of each other side is, with the newest of those.</summary>
    private static IEnumerable<Timed<IReadOnlyList<int>>> Rows(TimedInputs inputs, HashSet<int> lossless)
    {
        var emits = inputs.Emits.Select((emit, index) => (emit, index)).ToLookup(each => each.emit.Side);
        var last = -1;
        for (var k = 0; ; k++)
        {
            var needed = Enumerable.Range(0, 3).Select(side => emits[side].Skip(lossless.Contains(side) ? k : 0).Select(each => each.index).DefaultIfEmpty(int.MaxValue).First()).ToList();
            last = Math.Max(last, needed.Max());
            if (last == int.MaxValue)
            {
                yield break;
            }

            var row = Enumerable.Range(0, 3).Select(side => lossless.Contains(side)
                ? inputs.Emits[needed[side]].Value
                : emits[side].Last(each => each.index <= last).emit.Value);
            yield return new Timed<IReadOnlyList<int>>(inputs.Emits[last].At, [.. row]);
        }
    }
}
