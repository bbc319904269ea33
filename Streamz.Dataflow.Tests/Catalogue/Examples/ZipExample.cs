namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Zip", Theme.Joins, "The first question gets the first answer, the second the second. An answer without a question is left over and dropped.")]
internal sealed class ZipExample : Example
{
    protected override void Build()
    {
        var questions = Input("questions", (1, "who?"), (2, "why?"));
        var answers = Input("answers", (1.5, "me"), (4, "so"), (4.5, "no"));

        var pairs = questions.Zip(answers);

        Output(pairs);
    }
}
