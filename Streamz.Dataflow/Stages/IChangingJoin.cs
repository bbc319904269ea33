namespace Streamz.Dataflow.Stages;

/// <summary>A join whose sides may change while it runs. Both are called as the stage's other calls are, one at a time.</summary>
internal interface IChangingJoin : IStage
{
    /// <summary>Adds a side behind the others; its inlet becomes the last.</summary>
    void AddSide();

    /// <summary>Takes away the side of an input that will bring no more. What the side holds is dropped; what that completes is pushed on.</summary>
    /// <param name="input">The index of the input, which no other side is given later.</param>
    ValueTask RemoveSideAsync(int input);
}

/// <summary>The sides of a join from which its outputs are made, all of one type.</summary>
internal interface ISideList
{
    /// <summary>Adds a side behind the others.</summary>
    void AddTo(ISideMaker maker);

    /// <summary>Takes away the side of an input.</summary>
    void Remove(int input);
}
