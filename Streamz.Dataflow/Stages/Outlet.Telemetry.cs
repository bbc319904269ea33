using System.Diagnostics;
using Streamz.Dataflow.Diagnostics;

namespace Streamz.Dataflow.Stages;

/// <summary>What an outlet counts and does for traces.</summary>
public sealed partial class Outlet<T>
{
    private bool _traced;
    private long _sentBefore;

    internal override bool Traced
    {
        get => _traced;
        set
        {
            _traced = value;
            LookAtEach();
        }
    }

    // Each branch gets every element; one that was added later got fewer.
    internal override long Sent => _sentBefore + Discarded + MostReceived();

    private long MostReceived()
    {
        var most = 0L;
        foreach (var target in _targets)
        {
            most = Math.Max(most, Volatile.Read(ref target.Received));
        }

        return most;
    }

    /// <summary>Changes the targets, whose counts are lost with them, in such a way that <see cref="Sent"/> stays what it is.</summary>
    private void ChangeTargets(Inlet<T>[] targets)
    {
        var before = MostReceived();
        _targets = targets;
        _sentBefore += before - MostReceived();
    }

    /// <summary>Pushes an element that belongs to no trace, in a run that has seen one that does.</summary>
    private ValueTask PushUntracedAsync(Inlet<T> target, Element<T> element)
    {
        if (_isGuard)
        {
            return PushGuardedAsync(target, _chain, element);
        }

        _chain!.Position = _position;
        target.Received++;
        return target.OnElementAsync(element);
    }

    private ValueTask PushTracedAsync(Element<T> element, ElementContext context)
    {
        if (_targets.Length == 1)
        {
            if (_isGuard)
            {
                return PushGuardedTracedAsync(_targets[0], _chain, element, context);
            }

            _chain!.Position = _position;
            _targets[0].Received++;
            return EnterTraced(_targets[0], element, context);
        }

        var guarded = Owner.BeginBranching();
        List<ValueTask>? pending = null;
        for (var i = 0; i < _targets.Length; i++)
        {
            var branch = PushGuardedTracedAsync(_targets[i], _chains[i], element, context);
            if (!branch.IsCompletedSuccessfully)
            {
                (pending ??= []).Add(branch);
            }
        }

        return Owner.EndBranching(guarded, pending);
    }

    private static ValueTask PushGuardedTracedAsync(Inlet<T> target, Chain? chain, Element<T> element, ElementContext context)
    {
        target.Received++;
        try
        {
            if (chain is not null)
            {
                chain.Position = 0;
                return EnterTraced(target, element, context);
            }

            var pending = EnterTraced(target, element, context);
            return pending.IsCompletedSuccessfully ? default : FinishAsync(target, pending, context);
        }
        catch (Exception failure)
        {
            return (chain?.Entered ?? target.Owner!).OnFailureAsync(failure, context);
        }
    }

    /// <summary>
    /// Enters a stage under an activity of its own. What is thrown goes on as it came, since a run of forwarding stages is guarded at its entry only. The
    /// activity is not left in force for the caller.
    /// </summary>
    private static ValueTask EnterTraced(Inlet<T> target, Element<T> element, ElementContext context)
    {
        var before = Activity.Current;
        if (!target.HasActivity || target.Owner!.StartActivity(context) is not { } activity)
        {
            return target.OnElementAsync(element);
        }

        ValueTask pending;
        try
        {
            pending = target.OnElementAsync(element);
        }
        catch (Exception failure)
        {
            StreamzActivitySource.Fail(activity, failure);
            activity.Dispose();
            Activity.Current = before;
            throw;
        }

        if (pending.IsCompletedSuccessfully)
        {
            activity.Dispose();
            Activity.Current = before;
            return default;
        }

        Activity.Current = before;
        return StopAsync(pending, activity);
    }

    private static async ValueTask StopAsync(ValueTask pending, Activity activity)
    {
        try
        {
            await pending.ConfigureAwait(true);
        }
        catch (Exception failure)
        {
            StreamzActivitySource.Fail(activity, failure);
            throw;
        }
        finally
        {
            activity.Dispose();
        }
    }
}
