using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Streamz.Dataflow.Tests.Properties;

/// <summary>
/// Random graphs of synchronous operators against plain LINQ. To run a failure again, put the numbers that it prints into
/// <c>STREAMZ_PROPERTY_REPLAY</c>: two run all cases up to it, three ("replay directly") that case alone.
/// <c>STREAMZ_PROPERTY_CASES</c> says how many graphs.
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
    public void RandomGraph_AnyMode_MatchesLinq()
    {
        var config = Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(Cases());
        if (Environment.GetEnvironmentVariable("STREAMZ_PROPERTY_REPLAY") is { Length: > 0 } replay)
        {
            var parts = replay.Trim('(', ')').Split(',');
            var (seed, gamma) = (ulong.Parse(parts[0], CultureInfo.InvariantCulture), ulong.Parse(parts[1], CultureInfo.InvariantCulture));
            config = parts.Length > 2
                ? config.WithReplay(seed, gamma, int.Parse(parts[2], CultureInfo.InvariantCulture))
                : config.WithReplay(seed, gamma);
        }

        Check.One(config, Prop.ForAll(GraphShape.Arbitrary, CheckAsync));
    }

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

    private static int Cases() =>
        int.TryParse(Environment.GetEnvironmentVariable("STREAMZ_PROPERTY_CASES"), CultureInfo.InvariantCulture, out var cases) ? cases : 100;

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
