namespace Streamz.Dataflow.Dashboard;

/// <summary>How an edge is.</summary>
/// <param name="From">The number of the node upstream.</param>
/// <param name="To">The number of the node downstream.</param>
/// <param name="PerSecond">Elements that passed along it, a second. From a node that chooses a branch for each element to one with several inputs it is what the node sent in all.</param>
/// <param name="IsFeedback">Whether it closes a loop.</param>
/// <param name="IsDeadLetters">Whether only failed elements take it.</param>
public sealed record EdgeStatus(int From, int To, double PerSecond, bool IsFeedback, bool IsDeadLetters);
