namespace Streamz.Dataflow.Tests.Models;

internal sealed class PartitionUniqueModel : OperatorModel<IReadOnlyList<int>>
{
    protected override bool UsesTime => true;

    protected override Trial<IReadOnlyList<int>> Draw(Random random)
    {
        var (n, keys, keep, timeout) = (random.Next(1, 5), random.Next(1, 8), (KeptDuplicate)random.Next(0, 2), random.Next(0, 6));
        return new Trial<IReadOnlyList<int>>(
            $"PartitionUnique {n} by x % {keys}, keeping {keep}, {(timeout == 0 ? "no timeout" : $"{timeout} s")}",
            source => source.PartitionUnique(n, x => x % keys, keep, timeout == 0 ? null : TimeSpan.FromSeconds(timeout)),
            inputs => Partitions(inputs, n, keys, keep, timeout == 0 ? int.MaxValue / 2 : timeout));
    }

    private static IEnumerable<Timed<IReadOnlyList<int>>> Partitions(TimedInputs inputs, int n, int keys, KeptDuplicate keep, int timeout)
    {
        List<int> kept = [];
        var began = 0;
        foreach (var emit in inputs.Emits)
        {
            if (kept.Count > 0 && began + timeout <= emit.At)
            {
                yield return Close(began + timeout);
            }

            var same = kept.FindIndex(value => value % keys == emit.Value % keys);
            if (same >= 0 && keep == KeptDuplicate.First)
            {
                continue;
            }

            if (same >= 0)
            {
                kept.RemoveAt(same);
            }
            else if (kept.Count == 0)
            {
                began = emit.At;
            }

            kept.Add(emit.Value);
            if (kept.Count == n)
            {
                yield return Close(emit.At);
            }
        }

        if (kept.Count > 0)
        {
            yield return Close(Math.Min(began + timeout, inputs.End));
        }

        Timed<IReadOnlyList<int>> Close(int at)
        {
            var closed = new Timed<IReadOnlyList<int>>(at, kept);
            kept = [];
            return closed;
        }
    }
}
