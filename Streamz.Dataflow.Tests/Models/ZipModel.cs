namespace Streamz.Dataflow.Tests.Models;

internal sealed class ZipModel : OperatorModel<IReadOnlyList<int>>
{
    protected override int Sides => 3;

    protected override Trial<IReadOnlyList<int>> Draw(Random random)
    {
        var (maxSize, faults, asList) = (random.Next(1, 4), random.Next(3) == 0, random.Next(2) == 0);
        var leftovers = faults ? ZipLeftovers.Fault : ZipLeftovers.Drop;
        return new Trial<IReadOnlyList<int>>(
            $"{(asList ? "ZipAll" : "Zip")} maxSize {maxSize}, {leftovers}",
            sources => asList
                ? sources.ZipAll(maxSize, leftovers)
                : sources[0].Zip(StreamSource.Literal(7), sources[1], sources[2], maxSize, leftovers)
                    .Map(row => (IReadOnlyList<int>)[row.First, row.Third, row.Fourth]),
            Rows)
        {
            Fails = inputs => faults && Enumerable.Range(0, Sides).Select(side => inputs.Of(side).Count()).Distinct().Count() > 1,
        };
    }

    /// <summary>Row k is there when the k-th elements of all sides are.</summary>
    private static IEnumerable<Timed<IReadOnlyList<int>>> Rows(TimedInputs inputs)
    {
        var sides = Enumerable.Range(0, 3).Select(side => inputs.Of(side).ToList()).ToList();
        for (var k = 0; k < sides.Min(side => side.Count); k++)
        {
            yield return new Timed<IReadOnlyList<int>>(sides.Max(side => side[k].At), [.. sides.Select(side => side[k].Value)]);
        }
    }
}
