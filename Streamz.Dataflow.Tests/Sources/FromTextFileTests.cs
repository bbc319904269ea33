using System.Text;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture]
internal sealed class FromTextFileTests
{
    private string _path = "";

    [SetUp]
    public void MakeFile() => _path = Path.GetTempFileName();

    [TearDown]
    public void DeleteFile() => File.Delete(_path);

    [TestCase("a\nb\nc", "a,b,c")]
    [TestCase("a\r\nb\r\n", "a,b")]
    [TestCase("a\n\nb\n", "a,,b")]
    [TestCase("", "")]
    [CancelAfter(30_000)]
    public async Task FromTextFile_Lines_ComeWithoutTheirEnds(string text, string expected)
    {
        await File.WriteAllTextAsync(_path, text);
        var list = StreamSource.FromTextFile(_path).SinkToList();

        await list.Start().Completion;

        Assert.That(string.Join(',', list), Is.EqualTo(expected));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromTextFile_EncodingStated_IsUsed()
    {
        await File.WriteAllTextAsync(_path, "größe", Encoding.Latin1);
        var list = StreamSource.FromTextFile(_path, Encoding.Latin1).SinkToList();

        await list.Start().Completion;

        Assert.That(list, Is.EqualTo(new[] { "größe" }));
    }

    [Test, CancelAfter(30_000)]
    public async Task FromTextFile_SecondRun_ReadsTheFileAnew()
    {
        await File.WriteAllTextAsync(_path, "a\n");
        var list = StreamSource.FromTextFile(_path).SinkToList();
        await list.Start().Completion;
        await File.AppendAllTextAsync(_path, "b\n");

        await list.Start().Completion;

        Assert.That(list, Is.EqualTo(new[] { "a", "a", "b" }));
    }

    [Test, CancelAfter(30_000)]
    public void FromTextFile_FileMissing_FailsTheRunUnderItsName()
    {
        var list = StreamSource.FromTextFile(_path + ".missing").Named("log").SinkToList();

        var failure = Assert.ThrowsAsync<NodeFailedException>(() => list.Start().Completion);

        Assert.That(failure!.NodeName, Is.EqualTo("log"));
        Assert.That(failure.InnerException, Is.TypeOf<FileNotFoundException>());
    }

    [Test, CancelAfter(30_000)]
    public async Task FromTextFile_Reader_IsReadToItsEndAndLeftOpen()
    {
        using var reader = new StringReader("a\nb");
        var list = StreamSource.FromTextFile(reader).SinkToList();

        await list.Start().Completion;

        Assert.That(list, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(reader.Read(), Is.EqualTo(-1));
    }
}
