namespace Streamz.Dataflow.Stages;

/// <summary>
/// A run of forwarding stages, each with one target, and which of them was entered last. Belongs to the one caller that the
/// first of the stages has at a time.
/// </summary>
internal sealed class Chain
{
    private readonly List<Inlet> _stages = [];

    public Chain(Inlet first) => Add(first);

    /// <summary>The position of the stage that was entered last.</summary>
    public int Position;

    /// <summary>The context of the stage that was entered last.</summary>
    public StageContext Entered => _stages[Position].Owner!;

    /// <summary>Adds a stage behind the last.</summary>
    /// <returns>Its position.</returns>
    public int Add(Inlet stage)
    {
        stage.Chain = this;
        _stages.Add(stage);
        return _stages.Count - 1;
    }
}
