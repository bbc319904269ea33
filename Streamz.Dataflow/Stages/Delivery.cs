using Streamz.Dataflow.Diagnostics;

namespace Streamz.Dataflow;

/// <summary>What became of one emitted element and of everything made from it.</summary>
public readonly struct Delivery
{
    internal Delivery(DeliveryOutcome outcome, IReadOnlyList<NodeFailedException> failures)
    {
        Outcome = outcome;
        Failures = failures;
    }

    /// <summary>What became of it.</summary>
    public DeliveryOutcome Outcome { get; }

    /// <summary>
    /// The failures of the element and of what was made from it, in the order in which they came; empty unless the outcome is
    /// <see cref="DeliveryOutcome.Failed"/>.
    /// </summary>
    public IReadOnlyList<NodeFailedException> Failures => field ?? [];

    /// <summary>
    /// Whether nothing is left to be done: the element was delivered, or dropped by a policy that the user chose. Only then may a source let its
    /// input forget the element.
    /// </summary>
    public bool IsDone => Outcome is DeliveryOutcome.Delivered or DeliveryOutcome.Dropped;

    /// <inheritdoc/>
    public override string ToString() => Failures.Count == 0 ? Outcome.ToString() : $"{Outcome}: {string.Join(" ", Failures.Select(FailureText.Of))}";
}
