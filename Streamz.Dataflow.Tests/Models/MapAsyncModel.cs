namespace Streamz.Dataflow.Tests.Models;

/// <summary>The delegate works for as many seconds as its value says; the model follows workers, places and turns.</summary>
internal sealed class MapAsyncModel : OperatorModel<int>
{
    protected override bool UsesTime => true;

    protected override bool KeepsOrder => false;

    protected override int Values => 5;

    protected override Trial<int> Draw(Random random)
    {
        var (degree, ordered) = (random.Next(1, 4), random.Next(2) == 0);
        return new Trial<int>(
            $"MapAsync, {degree} at once, {(ordered ? "ordered" : "unordered")}",
            (sources, clock) => sources[0].MapAsync(
                async (x, cancellation) =>
                {
                    await Task.Delay(TimeSpan.FromSeconds(x), clock, cancellation);
                    return x;
                },
                degree,
                ordered),
            inputs => Work(inputs, degree, ordered));
    }

    private static IEnumerable<Timed<int>> Work(TimedInputs inputs, int degree, bool ordered)
    {
        var workersFree = new int[degree];
        List<int> left = [];
        foreach (var emit in inputs.Emits)
        {
            // A place is free as soon as all but the places are taken by elements that have not left yet.
            var places = 2 * degree;
            var admitted = left.Count < places ? emit.At : Math.Max(emit.At, left.Order().ElementAt(left.Count - places));
            var worker = Array.IndexOf(workersFree, workersFree.Min());
            var finished = Math.Max(admitted, workersFree[worker]) + emit.Value;
            workersFree[worker] = finished;
            left.Add(ordered && left.Count > 0 ? Math.Max(finished, left[^1]) : finished);
            yield return new Timed<int>(left[^1], emit.Value);
        }
    }
}
