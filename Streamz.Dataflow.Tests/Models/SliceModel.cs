namespace Streamz.Dataflow.Tests.Models;

internal sealed class SliceModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var (start, end, step) = (random.Next(0, 5), random.Next(0, 12), random.Next(1, 4));
        return Trial<int>.OfPrefixes(
            $"Slice {start}..{end} step {step}",
            source => source.Slice(start, end == 11 ? null : end, step),
            (values, _) => values.Where((_, index) => index >= start && (end == 11 || index < end) && (index - start) % step == 0));
    }
}
