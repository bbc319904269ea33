using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

/// <summary>Each sequence ends by itself before the next element comes, where a law compares outputs.</summary>
[TestFixture("selector")]
[TestFixture("sequences")]
internal sealed class SwitchLaws(string variant) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => variant == "selector" ? LawDelegate.Synchronous : LawDelegate.None;

    // A sequence that has not come far is switched from.
    protected override bool DropsWhenBusy => true;

    // Zero has no items.
    protected override int MaxInputsPerOutput => 7;

    protected override int MaxHeld => 2;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        IAsyncEnumerable<int> Items(int value)
        {
            probe.Enter();
            return AsyncEnumerable.Range(value, value);
        }

        return variant switch
        {
            "selector" => source.Switch(Items),
            "sequences" => source.Map(Items).Switch(),
            _ => throw Unknown(variant),
        };
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => inputs.SelectMany(value => Enumerable.Range(value, value));
}
