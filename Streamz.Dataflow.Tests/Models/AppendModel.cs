namespace Streamz.Dataflow.Tests.Models;

internal sealed class AppendModel : OperatorModel<int>
{
    protected override Trial<int> Draw(Random random)
    {
        var last = Enumerable.Range(100, random.Next(0, 4)).ToArray();
        return Trial<int>.OfPrefixes($"Append {last.Length}", source => source.Append(last), (values, hasEnded) => hasEnded ? values.Concat(last) : values);
    }
}
