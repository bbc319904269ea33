namespace Streamz.Dataflow.Tests.Models;

internal sealed class PartitionModel : OperatorModel<IReadOnlyList<int>>
{
    protected override bool UsesTime => true;

    protected override Trial<IReadOnlyList<int>> Draw(Random random)
    {
        var (n, keys) = (random.Next(1, 5), random.Next(1, 4));
        var timeout = random.Next(0, 6);
        return new Trial<IReadOnlyList<int>>(
            $"Partition {n} by x % {keys}, {(timeout == 0 ? "no timeout" : $"{timeout} s")}",
            source => source.Partition(n, x => x % keys, timeout == 0 ? null : TimeSpan.FromSeconds(timeout)),
            inputs => Partitions(inputs, n, keys, timeout == 0 ? int.MaxValue / 2 : timeout));
    }

    private static IEnumerable<Timed<IReadOnlyList<int>>> Partitions(TimedInputs inputs, int n, int keys, int timeout)
    {
        // In the order of their first elements.
        List<List<Emit>> open = [];
        foreach (var emit in inputs.Emits)
        {
            foreach (var due in open.Where(each => each[0].At + timeout <= emit.At).ToList())
            {
                yield return Close(due, due[0].At + timeout);
            }

            var partition = open.Find(each => each[0].Value % keys == emit.Value % keys);
            if (partition is null)
            {
                partition = [];
                open.Add(partition);
            }

            partition.Add(emit);
            if (partition.Count == n)
            {
                yield return Close(partition, emit.At);
            }
        }

        foreach (var left in open.ToList())
        {
            yield return Close(left, Math.Min(left[0].At + timeout, inputs.End));
        }

        Timed<IReadOnlyList<int>> Close(List<Emit> partition, int at)
        {
            open.Remove(partition);
            return new Timed<IReadOnlyList<int>>(at, [.. partition.Select(each => each.Value)]);
        }
    }
}
