using System.Collections.Immutable;

namespace Streamz.Dataflow.Diagnostics;

/// <summary>
/// All who want to be told what happens in a run, as two dashboards on one pipeline. They may come and go at any time, and each is told of what happens in between.
/// </summary>
internal sealed class RunObservers : IRunObserver
{
    private ImmutableArray<IRunObserver> _all = [];

    public void Add(IRunObserver observer) => ImmutableInterlocked.Update(ref _all, static (all, added) => all.Add(added), observer);

    public void Remove(IRunObserver observer) => ImmutableInterlocked.Update(ref _all, static (all, removed) => all.Remove(removed), observer);

    public void OnStarted(Task completion)
    {
        foreach (var observer in Present())
        {
            observer.OnStarted(completion);
        }
    }

    public void OnSkipped(string node, Exception failure)
    {
        foreach (var observer in Present())
        {
            observer.OnSkipped(node, failure);
        }
    }

    public void OnDeadLettered(DeadLettering letter)
    {
        foreach (var observer in Present())
        {
            observer.OnDeadLettered(letter);
        }
    }

    public void OnEdited(int added, int removed, int changed)
    {
        foreach (var observer in Present())
        {
            observer.OnEdited(added, removed, changed);
        }
    }

    public void OnEditTakenBack(Exception reason)
    {
        foreach (var observer in Present())
        {
            observer.OnEditTakenBack(reason);
        }
    }

    private ImmutableArray<IRunObserver> Present() => ImmutableInterlocked.InterlockedCompareExchange(ref _all, default, default);
}
