namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>A client of the simulated server, known by its rank: the same rank always has one address and one agent.</summary>
/// <remarks>Addresses come from the ranges set aside for tests and documentation (RFC 2544, RFC 3849).</remarks>
internal readonly record struct SimulatedClient(int Rank)
{
    private const int TestRangeSize = 1 << 17;
    private const int OddMultiplier = 40_503;

    public string Address => Rank % 16 == 5
        ? $"2001:db8::{Rank:x}"
        : $"198.{18 + (Scattered >> 16)}.{(Scattered >> 8) & 255}.{Scattered & 255}";

    public string Agent => SimulatedSite.Agents[Scattered % SimulatedSite.Agents.Count];

    // An odd factor maps the range onto itself, so that neighbours in rank are not neighbours in address.
    private int Scattered => (Rank * OddMultiplier) & (TestRangeSize - 1);
}
