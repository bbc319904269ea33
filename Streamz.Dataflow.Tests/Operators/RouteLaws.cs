using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Operators;

/// <summary>One branch of a routing node; the others are open ends.</summary>
[TestFixture("two: first")]
[TestFixture("two: otherwise")]
[TestFixture("three: third")]
[TestFixture("list: 2")]
[TestFixture("split: matched")]
[TestFixture("split: otherwise")]
internal sealed class RouteLaws(string variant) : IntLawsTests<int>
{
    protected override LawDelegate Delegate => LawDelegate.Synchronous;

    protected override string NodeOfDelegate => "router";

    // Elements of the other branches pass while this one is full.
    protected override int MaxInputsPerOutput => 7;

    protected override IStream Build(Stream<int> source, LawProbe<int> probe)
    {
        var options = new NodeOptions { Name = NodeOfDelegate };
        bool AtMostOne(int value)
        {
            probe.Enter();
            return value <= 1;
        }

        return variant switch
        {
            "two: first" => source.Route(AtMostOne, IsOdd, options).First,
            "two: otherwise" => source.Route(AtMostOne, IsOdd, options).Otherwise,
            "three: third" => source.Route(AtMostOne, IsOdd, value => value < 5, options).Third,
            "list: 2" => source.Route([AtMostOne, IsOdd, value => value < 5], options)[2],
            "split: matched" => source.Split(AtMostOne, options).Matched,
            "split: otherwise" => source.Split(AtMostOne, options).Otherwise,
            _ => throw Unknown(variant),
        };
    }

    protected override IEnumerable<int> Model(IReadOnlyList<int> inputs) => variant switch
    {
        "two: first" or "split: matched" => inputs.Where(value => value <= 1),
        "two: otherwise" => inputs.Where(value => value > 1 && !IsOdd(value)),
        "split: otherwise" => inputs.Where(value => value > 1),
        _ => inputs.Where(value => value > 1 && !IsOdd(value) && value < 5),
    };

    private static bool IsOdd(int value) => value % 2 == 1;
}
