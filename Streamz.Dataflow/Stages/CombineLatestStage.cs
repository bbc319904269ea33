namespace Streamz.Dataflow.Stages;

/// <summary>Remembers the newest element of each side, and gives them all whenever one of certain sides changes.</summary>
internal sealed class CombineLatestStage<TOut> : ChangingJoinStage<TOut>
{
    private readonly Func<int, bool> _emitsOn;
    private readonly Func<TOut> _take;
    private bool _isOver;

    /// <summary>Makes the stage.</summary>
    /// <param name="bind">Adds the sides, and gives what takes a value from each.</param>
    /// <param name="emitsOn">Whether the elements of an input make an output.</param>
    /// <param name="list">The sides, if they may change.</param>
    public CombineLatestStage(Func<ISideMaker, Func<TOut>> bind, Func<int, bool> emitsOn, ISideList? list = null)
        : base(list)
    {
        _emitsOn = emitsOn;
        _take = bind(this);
        Missing = Sides.Count;
    }

    public override JoinSide<T> AddSide<T>()
    {
        var side = new LatestSide<T>(InputCount);
        var emits = _emitsOn(side.Index);
        Sides.Add(side);
        AddInput<T>(element => OnElementAsync(side, element, emits));
        return side;
    }

    public override ValueTask OnInputEndedAsync(int input)
    {
        var ended = SideOf(input);
        ended.HasEnded = true;
        EndIfMute(!ended.IsReady);
        return default;
    }

    protected override ValueTask OnSideRemovedAsync(JoinSide side)
    {
        side.ReleaseRetained();
        EndIfMute(hasNoValue: false);
        return default;
    }

    public override ValueTask OnFlushAsync()
    {
        ReleaseRetained();
        return default;
    }

    private void EndIfMute(bool hasNoValue)
    {
        if (!_isOver && (hasNoValue || Sides.TrueForAll(side => side.HasEnded || !_emitsOn(side.Index))))
        {
            _isOver = true;
            ReleaseRetained();
            Context.Complete();
        }
    }

    private void ReleaseRetained()
    {
        foreach (var side in Sides)
        {
            side.ReleaseRetained();
        }
    }

    private ValueTask OnElementAsync<T>(LatestSide<T> side, Element<T> element, bool emits)
    {
        if (_isOver)
        {
            return default;
        }

        if (!side.IsReady)
        {
            Missing--;
        }

        side.Set(element);
        if (Missing > 0 || !emits)
        {
            return default;
        }

        ElementContext? all = null;
        foreach (var each in Sides)
        {
            all = ElementContext.Merge(all, each.Context);
        }

        return PushAsync(new Element<TOut>(_take(), all));
    }
}
