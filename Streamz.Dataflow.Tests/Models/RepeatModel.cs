namespace Streamz.Dataflow.Tests.Models;

internal sealed class RepeatModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var (count, maxCount) = (random.Next(1, 4), random.Next(6, 14));
        return Trial<int>.OfPrefixes(
            $"Repeat {count} times at most {maxCount}",
            source => source.Repeat(count, maxCount),
            (values, hasEnded) => IsTooMuch(values.Count) ? values.Take(maxCount) : Enumerable.Repeat(values, hasEnded ? count : 1).SelectMany(each => each)) with
        {
            Fails = inputs => IsTooMuch(inputs.Emits.Count),
        };

        bool IsTooMuch(int elements) => count > 1 && elements > maxCount;
    }
}
