using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Stages;

/// <summary>
/// Holds the elements of its lossless sides, in their places, until each of them has one and each other side has a newest.
/// </summary>
/// <remarks>
/// Between two calls at least one side is not ready. So an arrival can complete one output at most, and that of a lossless
/// side only if it is the only element there: such an element is never held, and needs no place beyond its call.
/// </remarks>
internal sealed class ZipStage<TOut> : ChangingJoinStage<TOut>
{
    private readonly Func<int, bool> _isLatest;
    private readonly Func<TOut> _take;
    private readonly bool _faultsOnLeftovers;
    private bool _hasEnds;
    private bool _isOver;

    /// <summary>Makes the stage.</summary>
    /// <param name="bind">Adds the sides, and gives what takes a value from each.</param>
    /// <param name="isLatest">Whether the side of an input only remembers the newest element.</param>
    /// <param name="faultsOnLeftovers">Whether elements that can find no partner any more are a failure.</param>
    /// <param name="list">The sides, if they may change.</param>
    public ZipStage(Func<ISideMaker, Func<TOut>> bind, Func<int, bool> isLatest, bool faultsOnLeftovers, ISideList? list = null)
        : base(list)
    {
        _isLatest = isLatest;
        _faultsOnLeftovers = faultsOnLeftovers;
        _take = bind(this);
        Missing = Sides.Count;
    }

    public override JoinSide<T> AddSide<T>()
    {
        var index = InputCount;
        if (_isLatest(index))
        {
            var latest = new LatestSide<T>(index);
            Sides.Add(latest);
            AddInput<T>(element => OnLatestAsync(latest, element));
            return latest;
        }

        var lossless = new LosslessSide<T>(index);
        Sides.Add(lossless);
        AddInput<T>(element => OnLosslessAsync(lossless, element));
        return lossless;
    }

    public override ValueTask OnInputEndedAsync(int input)
    {
        SideOf(input).HasEnded = true;
        _hasEnds = true;
        EndIfExhausted();
        return default;
    }

    protected override ValueTask OnSideRemovedAsync(JoinSide side)
    {
        DropHeld(side);
        return _isOver ? default : GiveBacklogAsync();
    }

    public override ValueTask OnFlushAsync()
    {
        foreach (var side in Sides)
        {
            side.ReleaseRetained();
        }

        return default;
    }

    private ValueTask OnLosslessAsync<T>(LosslessSide<T> side, Element<T> element)
    {
        if (_isOver)
        {
            RefuseLeftovers(1);
            Context.Drop(element.Context);
            return default;
        }

        if (!side.IsReady)
        {
            Missing--;
        }

        side.Add(element);
        if (Missing == 0)
        {
            var given = GiveAsync();
            if (!given.IsCompletedSuccessfully)
            {
                return FinishAsync(given, side.Index);
            }

            Finish(side.Index);
            return default;
        }

        element.Context?.Hold();
        Context.KeepPlace(side.Index);
        return default;
    }

    private ValueTask OnLatestAsync<T>(LatestSide<T> side, Element<T> element)
    {
        if (_isOver)
        {
            return default;
        }

        var isFirst = !side.IsReady;
        side.Set(element);
        return isFirst && --Missing == 0 ? GiveBacklogAsync() : default;
    }

    private async ValueTask GiveBacklogAsync()
    {
        while (Missing == 0)
        {
            await GiveAsync().ConfigureAwait(true);
            Finish(arriving: -1);
        }
    }

    private ValueTask GiveAsync()
    {
        ElementContext? all = null;
        foreach (var side in Sides)
        {
            var context = side.Context;
            side.Given = side.IsLossless ? context : null;
            all = ElementContext.Merge(all, context);
        }

        var output = new Element<TOut>(_take(), all);
        foreach (var side in Sides)
        {
            if (!side.IsReady)
            {
                Missing++;
            }
        }

        return PushAsync(output);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishAsync(ValueTask given, int arriving)
    {
        await given.ConfigureAwait(true);
        Finish(arriving);
    }

    /// <summary>Lets go of what was given, but for the element that is arriving.</summary>
    private void Finish(int arriving)
    {
        foreach (var side in Sides)
        {
            if (side.IsLossless && side.Index != arriving)
            {
                side.Given?.Release();
                side.Given = null;
                Context.ReturnPlace(side.Index);
            }
        }

        if (_hasEnds)
        {
            EndIfExhausted();
        }
    }

    /// <summary>
    /// A side that has ended and has nothing left makes this the end. Where leftovers are a failure, the other sides stay open, since
    /// what comes there must not go unnoticed.
    /// </summary>
    private void EndIfExhausted()
    {
        if (_isOver || !Sides.Exists(side => side.HasEnded && !side.IsReady))
        {
            return;
        }

        _isOver = true;
        var dropped = 0;
        foreach (var side in Sides)
        {
            dropped += DropHeld(side);
        }

        if (!_faultsOnLeftovers)
        {
            Context.Complete();
        }
        else if (dropped > 0)
        {
            RefuseLeftovers(dropped);
        }
    }

    private int DropHeld(JoinSide side)
    {
        var dropped = 0;
        side.ReleaseRetained();
        for (; side.IsLossless && side.IsReady; dropped++)
        {
            var context = side.Discard();
            Context.Drop(context);
            context?.Release();
            Context.ReturnPlace(side.Index);
        }

        return dropped;
    }

    private void RefuseLeftovers(int count)
    {
        if (_faultsOnLeftovers)
        {
            throw new InvalidOperationException(
                $"'{Context.NodeName}' has {count} elements left without a partner, because another side has ended. Choose ZipLeftovers.Drop if that is expected.");
        }
    }
}
