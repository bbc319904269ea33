using FsCheck;
using FsCheck.Fluent;

namespace Streamz.Dataflow.Tests.Properties;

/// <summary>
/// Random graphs of synchronous operators against plain LINQ. How to run a failure again: <see cref="PropertyRuns"/>.
/// </summary>
[TestFixture]
[Category("Properties")]
internal sealed class GraphProperties
{
    private static readonly (string Name, StreamOptions Options)[] s_modes =
    [
        ("fused", new StreamOptions()),
        ("unfused", new StreamOptions { Fuse = false }),
        ("capacity one", new StreamOptions { Capacity = 1 }),
    ];

    private bool _hung;

    [Test]
    public void RandomGraph_AnyMode_MatchesLinq() => Check.One(PropertyRuns.Config(cases: 100), Prop.ForAll(GraphShape.Arbitrary, CheckAsync));

    [Test]
    public void Model_LanesMixed_Accepts() =>
        Assert.That(TwoLanes().Difference([new(1, 20), new(0, 1), new(1, 10), new(0, 2)]), Is.Null);

    [Test]
    public void Model_LostElement_Differs() =>
        Assert.That(TwoLanes().Difference([new(0, 1), new(0, 2), new(1, 20)]), Does.Contain("expected [20 10], arrived [20]"));

    [Test]
    public void Model_SwappedElements_Differs() =>
        Assert.That(TwoLanes().Difference([new(0, 2), new(0, 1), new(1, 20), new(1, 10)]), Does.Contain("expected [1 2], arrived [2 1]"));

    [Test]
    public void Model_UnknownLane_Differs() =>
        Assert.That(TwoLanes().Difference([new(0, 1), new(0, 2), new(1, 20), new(1, 10), new(2, 3)]), Does.Contain("lane 2"));

    private static GraphModel TwoLanes() => new GraphModel(0, [1, 2]).Union(new GraphModel(1, [20, 10]));

    private async Task CheckAsync(GraphShape shape)
    {
        if (_hung)
        {
            // Each smaller graph might hang as long again.
            return;
        }

        foreach (var (name, options) in s_modes)
        {
            var graph = new ModelledGraph(shape, options);
            string? difference;
            try
            {
                difference = await graph.RunAsync().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                _hung = exception is TimeoutException;
                difference = exception.ToString();
            }

            if (difference is not null)
            {
                // An assertion of NUnit would count each attempt to shrink.
                throw new InvalidOperationException($"In mode {name}:\n{difference}\n{shape}\n{graph.ToText()}");
            }
        }
    }
}
