namespace Streamz.Dataflow.Stages;

/// <summary>Remembers the newest element of each side, and gives them all whenever one of certain sides changes.</summary>
internal sealed class CombineLatestStage<TOut> : JoinStage<TOut>, ISideMaker, IChangingJoin
{
    private readonly List<JoinSide> _sides = [];
    private readonly Func<int, bool> _emitsOn;
    private readonly Func<TOut> _take;
    private readonly ISideList? _list;
    private int _missing;
    private bool _isOver;

    /// <summary>Makes the stage.</summary>
    /// <param name="bind">Adds the sides, and gives what takes a value from each.</param>
    /// <param name="emitsOn">Whether the elements of an input make an output.</param>
    /// <param name="list">The sides, if they may change.</param>
    public CombineLatestStage(Func<ISideMaker, Func<TOut>> bind, Func<int, bool> emitsOn, ISideList? list = null)
    {
        _list = list;
        _emitsOn = emitsOn;
        _take = bind(this);
        _missing = _sides.Count;
    }

    JoinSide<T> ISideMaker.AddSide<T>()
    {
        var side = new LatestSide<T>(InputCount);
        var emits = _emitsOn(side.Index);
        _sides.Add(side);
        AddInput<T>(element => OnElementAsync(side, element, emits));
        return side;
    }

    public override ValueTask OnInputEndedAsync(int input)
    {
        var ended = _sides.Find(side => side.Index == input)!;
        ended.HasEnded = true;
        EndIfMute(!ended.IsReady);
        return default;
    }

    void IChangingJoin.AddSide()
    {
        _list!.AddTo(this);
        _missing++;
    }

    ValueTask IChangingJoin.RemoveSideAsync(int input)
    {
        var side = _sides.Find(each => each.Index == input)!;
        _sides.Remove(side);
        _list!.Remove(input);
        if (!side.IsReady)
        {
            _missing--;
        }

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
        if (!_isOver && (hasNoValue || _sides.TrueForAll(side => side.HasEnded || !_emitsOn(side.Index))))
        {
            _isOver = true;
            ReleaseRetained();
            Context.Complete();
        }
    }

    private void ReleaseRetained()
    {
        foreach (var side in _sides)
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
            _missing--;
        }

        side.Set(element);
        if (_missing > 0 || !emits)
        {
            return default;
        }

        ElementContext? all = null;
        foreach (var each in _sides)
        {
            all = ElementContext.Merge(all, each.Context);
        }

        return PushAsync(new Element<TOut>(_take(), all));
    }
}
